# %% [markdown]
# # Pages: removing stains
#
# A convolutional network sees pages with coffee rings, folds and wrinkles, and learns to return the clean page.
# It looks at a small neighbourhood of each pixel at a time, so it can clean a page of any size.
#
# This page trains a small one, briefly, on pages that nnlab draws and stains itself.

# %%
import nnlab

run = nnlab.train(
    "denoise", dataset="sample", filters=12, stride=48, epochs=6, batch_size=8, learning_rate=0.005
)
run

# %% [markdown]
# What to look at:
#
# - **RMSE**: the error per pixel, on a scale from 0 to 1; lower is better.
#   *Untouched* is the stained page itself: a network that scores worse than that does harm.
# - **Background division** divides each page by its own blurred background, and needs no training.
#   A network trained as briefly as this one does not beat it.
#   After a full training, on scanned pages, [it does](../experiments/denoise.md).
# - **Cleaning pages without stains**: how much the network damages a page that needs no cleaning.
#
# ## Clean a page
#
# This uses the network that ships with nnlab, which has had the full training.

# %%
from IPython.display import Image, display

trained = nnlab.load("denoise")
trained.answer(["data/examples/noisy.png"], output="clean.png")
display(Image("data/examples/noisy.png"), Image("clean.png"))
