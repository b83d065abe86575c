"""The clubs of the short examples: a programme file each, and a way to tell their stories."""
