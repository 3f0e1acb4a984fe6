"""What a portal would refuse, found before it is asked."""
