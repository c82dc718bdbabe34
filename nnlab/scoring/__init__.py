"""What kinds of networks are worth: scores, tables and figures that experiments share."""
