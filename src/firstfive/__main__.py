"""`python -m firstfive` is the command line."""

from firstfive.cli import main

if __name__ == "__main__":
    main(prog_name="firstfive")
