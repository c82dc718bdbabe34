# %% [markdown]
# # Sequences: learning to add
#
# This network has no idea what a number is.
# It reads `27+85` as five characters, keeps what it has read in one vector, and writes the answer one character at a time.
# Can it learn to add from examples alone?
#
# [add](../experiments/add.md) trains on numbers of up to three digits for 200 epochs.
# Two digits and 15 epochs take seconds.

# %%
import nnlab

run = nnlab.train(
    "add", digits=2, problems=4500, test_problems=500, epochs=15, batch_size=64, learning_rate=0.005
)
run

# %% [markdown]
# What to look at:
#
# - **Nearest training problem**: the network was never shown any of the test problems.
#   This baseline looks up the most similar sum that it was shown, so it scores what learning by heart would.
# - **Exact match** counts whole answers, **per character** counts single digits.
#   The second is never lower, because a wrong answer can still have right characters.
# - **By number of carries**: the carry is what makes adding more than a table to learn.
#   You might expect sums with two carries to be the hardest. Are they?
#
# ## Ask it

# %%
for answer in run.answer(["27+85", "9+9", "50+50", "99+1"], check=True):
    print(answer)

# %% [markdown]
# The report's network, with the full training, ships with nnlab:

# %%
trained = nnlab.load("add.report")
[answer["answer"] for answer in trained.answer(["123+456", "999+1", "27+85"])]

# %% [markdown]
# ## The same idea translates
#
# Replace sums by English sentences and answers by Dutch ones: an encoder reads, a decoder writes.
# That is [translate](../experiments/translate.md).
# It takes longer to train, so this is a network that ships with nnlab.

# %%
translator = nnlab.load("translate.report")
translator.answer(["I love you.", "Come in.", "The cat is on the roof."])

# %% [markdown]
# It begins like a translation and then makes up words.
# Even of the sentences that it was trained on, it translates only one in fourteen like a reference.
# The Transformer that ships does better:

# %%
nnlab.load("translate").answer(["I love you.", "Come in.", "The cat is on the roof."])
