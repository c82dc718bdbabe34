# %% [markdown]
# # Images: reading digits
#
# How well does a small network read handwritten digits, and does it matter to the network where the pixels are?
#
# This page is a notebook, run when the site was built.
# It uses the sample of drawn digits that comes with nnlab, so it takes seconds and downloads nothing.
# Leave out `dataset="sample"` to train on MNIST; [classify](../experiments/classify.md) reports what was measured there.

# %%
import nnlab

run = nnlab.train("classify", dataset="sample", epochs=5)
run.scores

# %% [markdown]
# One number means little on its own, so each run also scores naive methods on the same test images.
# A network that is no better than logistic regression has gained nothing from its hidden layers.

# %%
run.baselines

# %% [markdown]
# A result shows itself when it is the last line of a cell: tables with 95 % intervals, then figures.
#
# Look at the confusion matrix.
# Mistakes are not spread evenly: most are between a few pairs of digits that look alike.

# %%
run

# %% [markdown]
# ## Ask it
#
# `answer` takes image files and returns one dictionary for each.
# nnlab drew this digit in the same way as the sample, but with another seed.
# It shows how answering works; it is no test on handwriting.

# %%
run.answer(["data/examples/7.png"], top=2)

# %% [markdown]
# nnlab also ships with trained networks, for every experiment but `perm-test`.
# This one was trained on MNIST:

# %%
nnlab.load("classify").answer(["data/examples/7.png"], top=2)

# %% [markdown]
# ## Does it matter where the pixels are?
#
# `perm-test` shuffles the pixels, in the same way in every image.
# To you the result looks like noise.
# But a dense layer reads all pixels at once and does not know which ones are neighbours, so it should lose nothing.
#
# Three networks are trained from each seed: one on plain images, one on permuted images, and one on plain images again but with other initial weights.
# The third is the control: it shows how much two trainings differ by chance alone.

# %%
group = nnlab.train("perm-test", dataset="sample", epochs=2, runs=1)
print(group)

# %% [markdown]
# One pair has no interval and cannot settle the question; use `runs=5` and real images for that.
# [perm-test](../experiments/perm-test.md) reports the result on MNIST:
# the dense network loses nothing, and a convolutional network, which relies on neighbours, loses about one point.
#
# ## Compare two runs
#
# The same data and the same seed, with fewer neurons:

# %%
small = nnlab.train("classify", dataset="sample", epochs=5, units=16)
nnlab.compare(run, small)
