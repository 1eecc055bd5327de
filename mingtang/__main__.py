"""``python -m mingtang``. Guarded: spawned processes import this module again."""

from mingtang.config.cli import main

if __name__ == "__main__":
    main()
