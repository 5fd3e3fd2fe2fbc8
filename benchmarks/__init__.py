"""The measurements that the README quotes: `make bench` runs all of them and writes docs/figures.md."""
