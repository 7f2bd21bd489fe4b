"""What makes a carried-over motion touch the world as the source did: feet, hands, limits, smoothness."""
