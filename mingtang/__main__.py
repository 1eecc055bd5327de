from mingtang.config.cli import main

main()
