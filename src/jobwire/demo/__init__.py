"""A careers site of made-up companies, served over real HTTP in the shapes of real careers systems.

Every company, posting and person in it is invented; a resemblance is chance.
"""
