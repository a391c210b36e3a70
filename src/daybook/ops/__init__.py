"""Operations: the command line, the embedded database, the processes and the demo."""
