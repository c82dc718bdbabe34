# %% [markdown]
# # Text: writing one character at a time
#
# A recurrent network reads characters and predicts the next one.
# Feed each prediction back in, and it writes.
# Training the report's network on Tom Sawyer takes about an hour; [textgen](../experiments/textgen.md) repeats that.
# This page trains a smaller one for a few seconds on a short text, which is enough to see the idea.

# %%
import nnlab

run = nnlab.train("textgen", corpus="sample", units=64, step=6, epochs=4)
run

# %% [markdown]
# What to look at:
#
# - **Bits per character**: how surprised the network is by text it has not seen; lower is better.
#   *Uniform* is pure guessing.
#   *Kneser-Ney* only counts which characters follow which, and is the one to beat.
#   A network this small does not beat it after so short a training.
# - **Copied text**: a network can write well by repeating what it was trained on. The second table shows whether it does.
# - **The sample**: it has learned how long words are and which letters go together, but few real words.
#
# ## Write
#
# The temperature sets how boldly the network chooses.
# At 0 it always takes the likeliest character, and soon repeats itself.
# At 1 it draws characters as often as it thinks they occur.

# %%
for temperature in (0, 0.5, 1):
    (answer,) = run.answer(["the reader "], length=120, temperature=temperature)
    print(f"{temperature}: {answer['text']}\n")

# %% [markdown]
# The network that ships with nnlab is larger and was trained on Tom Sawyer:

# %%
trained = nnlab.load("textgen")
for seed in (1, 2):
    (answer,) = trained.answer(["there was no "], length=200, seed=seed)
    print(f"{answer['text']}\n")

# %% [markdown]
# It knows words, and which words go together, but not what it is talking about.
