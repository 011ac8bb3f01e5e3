"""From plans to capacity and from bookings to the next plan."""
