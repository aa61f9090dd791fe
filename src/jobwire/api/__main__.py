"""`python -m jobwire.api` prints the OpenAPI document: the web app's types are made of it, without a server."""

import json
import sys

from jobwire.api.app import routes

json.dump(routes().openapi(), sys.stdout, indent=1)
