"""What a command or the passing of time does to a member's points, tiers and entitlements."""
