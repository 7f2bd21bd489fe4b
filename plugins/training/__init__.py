"""What training runs share: schedule, optimiser, loop, checkpoints, history, curves and progress.

A plugin that trains has a recipe (a `Schedule` with settings of its own), a function of a step that
gives an `Outcome`, and a command. Its run reads, in short:

    found = load_checkpoint(folder / CHECKPOINT, recipe, device)      # or fresh_moments(...)
    for moments, told in optimised(parameters, found.moments, recipe, outcome, watch.advanced):
        told = replace(told, scores=...)                              # of averaged(network, moments)
        save_checkpoint(folder / CHECKPOINT, network.state_dict(), moments, generator, recipe)
        append(folder / HISTORY, told)
        watch.told(told)
"""
