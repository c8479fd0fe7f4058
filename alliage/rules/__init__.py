"""What follows from places, profiles and counts: pure computations, told in one sentence each. No Django, no clock."""
