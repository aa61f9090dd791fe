"""The web app: what a run of 100,000 jobs costs the browser that shows it, and how soon it is right."""
