"""What a run needs from the world, noun by noun; `bootstrap` plugs in what fits."""
