"""``python -m studio`` is ``studio``."""


def main() -> None:
    """Load the command line and run it. Ctrl-C within the tenth of a second that loading takes ends
    it as quietly as later.
    """
    try:
        from studio.cli import main as command
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    command()


if __name__ == "__main__":
    main()
