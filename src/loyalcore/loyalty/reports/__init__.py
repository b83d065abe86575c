"""What a history tells the member and the club: statements, standings, uses of points."""
