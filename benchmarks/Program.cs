using System.CommandLine;
using SasRec.Bench;
using SasRec.Bench.Chaos;
using SasRec.Bench.Page;
using SasRec.Bench.Serve;

var root = new RootCommand("Measures what the project claims. Each verb prints a table; --json ends it with one line for machines.")
{
    new TrainingBench(),
    new AccuracyBench(),
    new GrowthBench(),
    new WarmStartBench(),
    new RefreshBench(),
    new ExploreBenchmark(),
    new FiltersBench(),
    new FeedbackLoopBench(),
    new GateBench(),
    new ColdStartBench(),
    new InsightsBench(),
    new PageBench(),
    new PolicyShapesBench(),
    new ServedBench(),
    new ServeBench(),
    new OverloadBench(),
    new RoundedBench(),
    new CoverageBench(),
    new ColdItemsBench(),
    new ChaosBench(),
    new ExperimentsBench(),
    new BatchBench(),
};
return root.Parse(args).Invoke();
