"""`python -m motionloom.core.cli`, where the script `motionloom` is not on the path."""

from motionloom.core.cli.main import main

main()
