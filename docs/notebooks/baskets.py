# %% [markdown]
# # Baskets: what else goes in?
#
# The network sees shopping baskets with some items hidden and learns to fill them in.
# After that it can suggest what is missing from your basket.
#
# The sample that comes with nnlab is a made-up shop; [recommend](../experiments/recommend.md) uses a real grocery's baskets.

# %%
import nnlab

run = nnlab.train("recommend", baskets="sample", epochs=15, batch_size=32, learning_rate=0.003)
run

# %% [markdown]
# What to look at:
#
# - **R@10**: one item of every test basket was hidden. This is how often it is among the first ten suggestions.
# - **Popularity** suggests the same best-sellers to everyone. On real groceries it is hard to beat.
# - **Item-kNN and EASE** only need to count which items are bought together.
#   Compare the network with them before you trust it.
#
# ## Ask it

# %%
for answer in run.answer(["pasta", "coffee, milk"], top=3):
    print(answer)

# %% [markdown]
# For an empty basket it suggests what is likely in any basket: the best-sellers.

# %%
run.answer([""], top=3)
