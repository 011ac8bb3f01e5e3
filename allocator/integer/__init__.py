"""From the soft plan to whole people and whole vials, feasible at every moment."""
