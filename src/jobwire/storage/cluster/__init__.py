"""The parts of an embedded PostgreSQL: its folder, its system user, its process. `storage.embedded` owns them."""
