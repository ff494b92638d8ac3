"""Trains SASRec on an export and writes a model that 'trainer publish' takes: docs/exchange.md has the contracts. Needs torch and duckdb.

trainer export data --out EXPORT && python3 train.py EXPORT MODEL && trainer publish MODEL --activate
"""

import argparse, json, math, os
from datetime import datetime, timezone
import duckdb, torch
from torch import nn
from torch.nn import functional as F


class SasRec(nn.Module):
    def __init__(self, items, width, blocks, length, dropout):
        super().__init__()
        self.items = nn.Embedding(items, width)
        self.positions = nn.Embedding(length, width)  # row 0 is the newest
        self.blocks = nn.ModuleList(nn.ModuleDict({
            "norm": nn.LayerNorm(width), "query": nn.Linear(width, width), "key": nn.Linear(width, width), "value": nn.Linear(width, width),
            "feed_norm": nn.LayerNorm(width), "inner": nn.Linear(width, width), "outer": nn.Linear(width, width)}) for _ in range(blocks))
        self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)
        nn.init.normal_(self.items.weight, std=0.02), nn.init.normal_(self.positions.weight, std=0.02)

    def states(self, tokens):
        """[batch, time] tokens, item index + 1, padded with 0 on the left -> [batch, time, width]."""
        steps = torch.arange(tokens.shape[1], device=tokens.device)
        hidden = (steps[None, :] > steps[:, None])[None] | (tokens == 0)[:, None, :]  # later keys, and padding
        x = self.items((tokens - 1).clamp(min=0)) * math.sqrt(self.items.weight.shape[1])
        x = self.dropout(x + self.positions(tokens.shape[1] - 1 - steps))
        for block in self.blocks:
            normed = block["norm"](x)
            scores = block["query"](normed) @ block["key"](x).transpose(1, 2) / math.sqrt(x.shape[2])
            x = normed + self.dropout(torch.softmax(scores.masked_fill(hidden, -1e9), 2)) @ block["value"](x)
            normed = block["feed_norm"](x)
            x = normed + self.dropout(block["outer"](self.dropout(torch.relu(block["inner"](normed)))))
        return self.norm(x)

    def forward(self, items):
        state, table = self.states(items)[:, -1], self.items.weight + 0
        return state @ table.t(), state, table


def batches(histories, length, size):
    """The newest actions of each history but the last as input, and what followed each as target; 0 is padding."""
    order = torch.randperm(len(histories)).tolist()
    for start in range(0, len(order), size):
        rows = [histories[i][-length - 1:] for i in order[start:start + size]]
        time = max(len(row) for row in rows) - 1
        pad = [[0] * (time + 1 - len(row)) + row for row in rows]
        yield torch.tensor([row[:-1] for row in pad]), torch.tensor([row[1:] if 0 not in row else [t if s else 0 for s, t in zip(row, row[1:])] for row in pad])


@torch.no_grad()
def ndcg(model, cases, length, k=10):
    """NDCG@k of what followed each history, without the items of the history."""
    model.eval()
    total = 0
    for history, target in cases:
        scores = model(torch.tensor([history[-length:]]))[0][0]
        scores[[token - 1 for token in history if token != target]] = -math.inf
        total += 1 / math.log2(rank + 2) if (rank := int((scores > scores[target - 1]).sum())) < k else 0
    return total / max(1, len(cases))


parser = argparse.ArgumentParser()
parser.add_argument("export"), parser.add_argument("out")
for name, value in dict(width=64, blocks=2, length=50, epochs=200, patience=10, batch=128, negatives=1000, seed=1).items():
    parser.add_argument(f"--{name}", type=int, default=value)
parser.add_argument("--dropout", type=float, default=0.2), parser.add_argument("--rate", type=float, default=0.001)
args = parser.parse_args()
torch.manual_seed(args.seed)
table = f"'{args.export}/sequences/*.parquet'"
counts = duckdb.sql(f"""select item_id, count(*), count(*) filter (epoch_ms(timestamp) >= (select max(epoch_ms(timestamp)) from {table}) - 604800000)
    from {table} group by item_id order by item_id""").fetchall()
token = {item: index + 1 for index, (item, _, _) in enumerate(counts)}
train, held = {}, []
for user, item, split in duckdb.sql(f"select user_id, item_id, split from {table} where split in ('train', 'validation') order by user_id, position").fetchall():
    if split == "train":
        train.setdefault(user, []).append(token[item])
    elif user in train:
        held.append((train[user], token[item]))
histories = [history for history in train.values() if len(history) > 1]

model = SasRec(len(token), args.width, args.blocks, args.length, args.dropout)
adam = torch.optim.Adam(model.parameters(), lr=args.rate, betas=(0.9, 0.98))
best, best_epoch, kept = -1.0, 0, None
for epoch in range(1, args.epochs + 1):
    model.train()
    for tokens, targets in batches(histories, args.length, args.batch):
        states, wanted = model.states(tokens)[targets > 0], targets[targets > 0] - 1
        others = torch.randint(len(token), (min(args.negatives, len(token)),))  # sampled softmax over shared negatives
        right = (states * model.items(wanted)).sum(1, keepdim=True)
        wrong = (states @ model.items(others).t()).masked_fill(others[None] == wanted[:, None], -1e9)
        loss = F.cross_entropy(torch.cat([right, wrong], 1), torch.zeros(len(wanted), dtype=torch.long))
        adam.zero_grad(), loss.backward(), adam.step()
    found = ndcg(model, held[:2000], args.length)
    if found > best:
        best, best_epoch, kept = found, epoch, {name: value.clone() for name, value in model.state_dict().items()}
    elif epoch - best_epoch >= args.patience: break
model.load_state_dict(kept), model.eval()

os.makedirs(args.out, exist_ok=True)
with torch.no_grad():
    torch.onnx.export(
        model, (torch.tensor([[0, 1, 1], [1, 1, 1]]),), f"{args.out}/model.onnx", opset_version=14, do_constant_folding=False, input_names=["items"],
        output_names=["scores", "state", "item_embeddings"],
        dynamic_axes={"items": {0: "batch", 1: "time"}, "scores": {0: "batch"}, "state": {0: "batch"}},
        **({"dynamo": False} if torch.__version__ >= "2.5" else {}))
json.dump(dict(ids=[row[0] for row in counts], counts=[int(row[1]) for row in counts], recentCounts=[int(row[2]) for row in counts]),
          open(f"{args.out}/items.json", "w"))
((begin, end, events, users),) = duckdb.sql(f"""select min(epoch_ms(timestamp)), max(epoch_ms(timestamp)), count(*), count(distinct user_id)
    from {table} where split in ('train', 'validation')""").fetchall()
time = lambda ms: datetime.fromtimestamp(int(ms) / 1000, timezone.utc).isoformat()
json.dump(dict(
    formatVersion=1, producerVersion=f"PyTorch {torch.__version__}", protocol="leave-one-out: trained on train, epoch chosen on validation",
    config=dict(width=args.width, blocks=args.blocks, heads=1, maxLength=args.length), data={"from": time(begin), "to": time(end), "events": int(events), "users": int(users),
        "items": len(token)}, training=dict(epochs=str(best_epoch), validationNdcg10=str(best))), open(f"{args.out}/manifest.json", "w"), indent=2)
print(json.dumps(dict(epochs=best_epoch, validationNdcg10=best, items=len(token), users=len(train))))
