"""Tables that only grow, in partitions by month: what is over is dropped as a whole month, and no row is deleted one by one."""
