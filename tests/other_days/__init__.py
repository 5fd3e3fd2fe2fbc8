"""All tests on another day than today: `make test-other-day DAY=new_year`."""
