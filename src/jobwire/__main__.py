"""`python -m jobwire`, where the `jobwire` command is not on the PATH."""

from jobwire.cli.main import main

if __name__ == "__main__":
    main()
