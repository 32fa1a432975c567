"""Work by the clock: jobs run in threads of every process that isn't one of a few commands."""
