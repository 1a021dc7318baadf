"""``python -m studio`` is ``studio``."""


def main() -> None:
    """Load the command line and run it. Ctrl-C while it loads (0.1 s) is handled as later: without
    a traceback.
    """
    try:
        from studio.cli import main as command
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    command()


if __name__ == "__main__":
    main()
