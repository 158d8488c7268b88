using BenchmarkDotNet.Running;
using Webserv.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(RequestHeadBenchmarks).Assembly).Run(args, new BenchmarkConfiguration());
