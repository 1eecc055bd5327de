"""阶: settings, routes, the schedule and the command line. Holds no rule; nobody imports it."""
