"""What a house promises and regulators demand: targets, clocks, versions, presets."""
