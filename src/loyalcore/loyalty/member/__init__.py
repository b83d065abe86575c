"""What is known of a member: state, commands, events, and how events fold into the state."""
