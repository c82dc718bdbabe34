# %% [markdown]
# # Embedding: letters in the plane
#
# An autoencoder learns to copy its input to its output through a bottleneck.
# Here the bottleneck is two numbers wide, so every image becomes a point in the plane.
# The network is never told which letter an image shows.
# Do images of the same letter end up close together anyway?

# %%
import nnlab

run = nnlab.train("embed", dataset="sample", letters="a-i", epochs=40)
run

# %% [markdown]
# What to look at:
#
# - **1-NN and 5-NN**: how often the nearest neighbour in the plane (or most of the five nearest) shows the same letter.
#   By chance it would be one time in nine.
# - **Principal components**: the best flat plane for these images, found without any training.
#   The network is allowed to bend its plane, and should do better.
# - **The decoder's picture**: what the network draws at each point.
#   Close points give similar letters, and between the letters there are shapes that are none.
#
# ## Where does a new image go?

# %%
for answer in run.answer(["data/examples/letter.png"]):
    print(answer)

# %% [markdown]
# [embed](../experiments/embed.md) reports the same measures for handwritten letters and for MNIST, over three seeds.
