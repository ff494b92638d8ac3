"""SASRec in plain PyTorch, as the field writes it: padded batches, one tensor operation after the other. The peer of ./bench training.

Arguments: sequences (one user a line), items, width, blocks, heads, length, negatives, dropout, batch, loss, threads, seconds, device.
Prints one line of JSON with the rate of true (not padded) training positions.
"""

import json
import math
import os
import random
import sys
import time

import torch
from torch import nn


class Block(nn.Module):
    """Attention and point-wise feed-forward; layer norm on the queries only, residual from what was normalised."""

    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads = heads
        self.attention_norm = nn.LayerNorm(width, eps=1e-8)
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.feed_norm = nn.LayerNorm(width, eps=1e-8)
        self.feed_inner = nn.Linear(width, width)
        self.feed_outer = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def split(self, x):
        batch, time_steps, width = x.shape
        return x.view(batch, time_steps, self.heads, width // self.heads).transpose(1, 2)

    def forward(self, x, hidden):
        normed = self.attention_norm(x)
        query, key, value = self.split(self.query(normed)), self.split(self.key(x)), self.split(self.value(x))
        scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[-1])
        weights = self.dropout(torch.softmax(scores.masked_fill(hidden, -1e9), dim=-1))
        mixed = (weights @ value).transpose(1, 2).reshape(x.shape)
        normed = self.feed_norm(normed + mixed)
        return normed + self.dropout(self.feed_outer(self.dropout(torch.relu(self.feed_inner(normed)))))


class SasRec(nn.Module):
    def __init__(self, items, width, blocks, heads, length, dropout):
        super().__init__()
        self.width = width
        self.items = nn.Embedding(items + 1, width, padding_idx=0)
        self.positions = nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(blocks))
        self.norm = nn.LayerNorm(width, eps=1e-8)
        self.dropout = nn.Dropout(dropout)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_normal_(parameter)
        with torch.no_grad():
            self.items.weight[0] = 0

    def forward(self, tokens):
        steps = tokens.shape[1]
        x = self.items(tokens) * math.sqrt(self.width) + self.positions(torch.arange(steps - 1, -1, -1, device=tokens.device))
        x = self.dropout(x)
        future = torch.triu(torch.ones(steps, steps, dtype=torch.bool, device=tokens.device), 1)
        hidden = future[None, None] | (tokens == 0)[:, None, None, :]
        for block in self.blocks:
            x = block(x, hidden)
        return self.norm(x)


def ranking_loss(name, positive, negatives, real):
    """positive [B, T], negatives [B, T, K], real [B, T]: 1 where a position is no padding."""
    difference = positive.unsqueeze(-1) - negatives
    if name == "BprMax":
        weights = torch.softmax(negatives, dim=-1)
        loss = -torch.log((weights * torch.sigmoid(difference)).sum(-1) + 1e-24)
    elif name == "Bpr":
        loss = nn.functional.softplus(-difference).mean(-1)
    else:
        loss = torch.logsumexp(torch.cat([positive.unsqueeze(-1), negatives], -1), -1) - positive
    return (loss * real).sum() / real.sum()


def main():
    path, items, width, blocks, heads, length, count, dropout, batch, loss_name, threads, seconds, device = sys.argv[1:]
    items, width, blocks, heads, length = int(items), int(width), int(blocks), int(heads), int(length)
    count, batch, seconds = int(count), int(batch), float(seconds)
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    random.seed(1)
    with open(path) as lines:
        sequences = [[int(item) + 1 for item in line.split()] for line in lines]
    network = SasRec(items, width, blocks, heads, length, float(dropout)).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, betas=(0.9, 0.98))

    def step():
        chosen = random.sample(sequences, min(batch, len(sequences)))
        inputs = torch.zeros(len(chosen), length, dtype=torch.long)
        targets = torch.zeros(len(chosen), length, dtype=torch.long)
        for row, sequence in enumerate(chosen):
            sequence = sequence[-length - 1:]
            inputs[row, length - len(sequence) + 1:] = torch.tensor(sequence[:-1])
            targets[row, length - len(sequence) + 1:] = torch.tensor(sequence[1:])
        inputs, targets = inputs.to(device), targets.to(device)
        negatives = torch.randint(1, items + 1, (len(chosen), count), device=device)
        hidden = network(inputs)
        real = (targets > 0).float()
        positive = (hidden * network.items(targets)).sum(-1)
        scores = hidden @ network.items(negatives).transpose(1, 2)
        scores = scores.masked_fill(negatives[:, None, :] == targets[:, :, None], -1e9)
        loss = ranking_loss(loss_name, positive, scores, real)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return int(real.sum())

    step()
    positions, start, processor = 0, time.perf_counter(), time.process_time()
    while positions == 0 or time.perf_counter() - start < seconds:
        positions += step()
    wall, cpu = time.perf_counter() - start, time.process_time() - processor
    print(json.dumps({
        "positionsPerSecond": positions / wall,
        "positionsPerCpuSecond": positions / cpu,
        "name": f"PyTorch {torch.__version__} with {blas() if device == 'cpu' else torch.cuda.get_device_name()}",
    }))


def blas():
    """The BLAS that this process has loaded, by the name of its library: the reference BLAS would be no fair peer."""
    if torch.backends.mkl.is_available():
        return "MKL"
    with open("/proc/self/maps", encoding="utf-8") as maps:
        libraries = {os.path.basename(line.split()[-1]) for line in maps if "blas" in line}
    return next((name for name in libraries if "openblas" in name), ", ".join(sorted(libraries)) or "no BLAS")


main()
