"""What people and machines do on such a day, in HTTP; what they are told is checked."""
