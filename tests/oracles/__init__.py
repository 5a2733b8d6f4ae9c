"""Second ways to the same answers, written differently and on other libraries, to check ours against."""
