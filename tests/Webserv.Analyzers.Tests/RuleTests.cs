using System.Text.RegularExpressions;

namespace Webserv.Analyzers.Tests;

/// <summary>What each rule finds, and what it leaves alone.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData("var x = Task.FromResult(1).Result;", "Task.FromResult(1).Result")]
    [InlineData("Task.Delay(1).Wait();", "Task.Delay(1).Wait()")]
    [InlineData("var t = Task.Delay(1, cancellation); t.Wait(cancellation);", "t.Wait(cancellation)")]
    [InlineData("Task.Delay(1).GetAwaiter().GetResult();", "Task.Delay(1).GetAwaiter().GetResult()")]
    [InlineData("Task.Delay(1).ConfigureAwait(false).GetAwaiter().GetResult();", "Task.Delay(1).ConfigureAwait(false).GetAwaiter().GetResult()")]
    [InlineData("Task.WaitAll(Task.CompletedTask);", "Task.WaitAll(Task.CompletedTask)")]
    [InlineData("Thread.Sleep(1);", "Thread.Sleep(1)")]
    [InlineData("new SemaphoreSlim(1).Wait(cancellation);", "new SemaphoreSlim(1).Wait(cancellation)")]
    [InlineData("Action f = () => Thread.Sleep(1); f();", "Thread.Sleep(1)")]
    public async Task Blocking_InNonBlocking_IsFound(string statements, string found)
    {
        Assert.Equal(["WEBSERV001: " + found], await Analysis.OfMethodAsync(statements, "[NonBlocking]"));
        Assert.Empty(await Analysis.OfMethodAsync(statements));
    }

    [Theory]
    [InlineData("var t = Task.FromResult(1); if (t.IsCompletedSuccessfully) Console.Write(t.Result);")]
    [InlineData("var t = new ValueTask<int>(1); var x = t.IsCompleted ? t.Result : await t;")]
    [InlineData("var t = Task.FromResult(1); await Task.WhenAll(t, Task.CompletedTask); Console.Write(t.Result);")]
    [InlineData("var t = Task.FromResult(1); await t.ConfigureAwait(false); t.GetAwaiter().GetResult();")]
    [InlineData("if (new SemaphoreSlim(1).Wait(0)) { }")]
    [InlineData("new MemoryStream().Write(new byte[1], 0, 1);")]
    [InlineData("await context.Response.Body.WriteAsync(new byte[1], cancellation);")]
    public async Task Blocking_WhatDoesNotBlock_IsLeftAlone(string statements) => Assert.Empty(await Analysis.OfMethodAsync(statements, "[NonBlocking]"));

    [Theory]
    [InlineData("await Task.Run(() => Thread.Sleep(10), cancellation);")]
    [InlineData("await Task.Run(async () => { Thread.Sleep(10); await Task.Yield(); }, cancellation);")]
    [InlineData("var x = await Task.Run(() => Task.FromResult(1).Result, cancellation);")]
    [InlineData("await Task.Run(delegate { Action f = () => Thread.Sleep(10); f(); }, cancellation);")]
    [InlineData("await Task.Factory.StartNew(() => Thread.Sleep(10), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);")]
    [InlineData("await new TaskFactory<int>().StartNew(() => { Thread.Sleep(10); return 1; });")]
    [InlineData("ThreadPool.QueueUserWorkItem(_ => Thread.Sleep(10));")]
    [InlineData("ThreadPool.UnsafeQueueUserWorkItem(_ => Thread.Sleep(10), null);")]
    [InlineData("var thread = new Thread(() => Thread.Sleep(10)); thread.Start(); await Task.Run(thread.Join, cancellation);")]
    public async Task Blocking_HandedToTheThreadPool_IsLeftAlone(string statements) => Assert.Empty(await Analysis.OfMethodAsync(statements, "[NonBlocking]"));

    [Theory]
    [InlineData("await Task.Run(() => { }, cancellation).ContinueWith(_ => Thread.Sleep(10));", "Thread.Sleep(10)")]
    [InlineData("await Task.Run(() => { }, new CancellationTokenSource(Task.FromResult(1).Result).Token);", "Task.FromResult(1).Result")]
    [InlineData("new List<int> { 1 }.ForEach(_ => Thread.Sleep(10));", "Thread.Sleep(10)")]
    public async Task Blocking_BesideWhatIsHandedToTheThreadPool_IsFound(string statements, string found) =>
        Assert.Equal(["WEBSERV001: " + found], await Analysis.OfMethodAsync(statements, "[NonBlocking]"));

    [Theory]
    [InlineData("public M() => Thread.Sleep(1);", "")]
    [InlineData("public void Dispose() => Thread.Sleep(1);", ", IDisposable")]
    [InlineData("public async Task InitializeAsync(CancellationToken c) { await Task.Yield(); Thread.Sleep(1); }", ", IAsyncInitializer")]
    [InlineData("class Inner { void F() => Thread.Sleep(1); }", "")]
    public async Task Blocking_NotOnTheLoop_IsLeftAlone(string members, string bases) =>
        Assert.Empty(await Analysis.OfMethodAsync("", "[NonBlocking]", members, bases));

    [Theory]
    [InlineData("context.Response.Body.Write(new byte[1], 0, 1);", "context.Response.Body.Write(new byte[1], 0, 1)")]
    [InlineData("context.Response.Body.WriteByte(1);", "context.Response.Body.WriteByte(1)")]
    [InlineData("context.Request.Body.ReadByte();", "context.Request.Body.ReadByte()")]
    [InlineData("context.Request.Body.ReadExactly(new byte[1]);", "context.Request.Body.ReadExactly(new byte[1])")]
    [InlineData("context.Request.Body.CopyTo(Stream.Null);", "context.Request.Body.CopyTo(Stream.Null)")]
    [InlineData("new MemoryStream().CopyTo(context.Response.Body);", "new MemoryStream().CopyTo(context.Response.Body)")]
    [InlineData("var body = context.Request.Body; body.Read(new byte[1], 0, 1);", "body.Read(new byte[1], 0, 1)")]
    [InlineData("var text = new StreamReader(context.Request.Body).ReadToEnd();", "new StreamReader(context.Request.Body).ReadToEnd()")]
    [InlineData("using var reader = new StreamReader(context.Request.Body); reader.ReadLine();", "reader.ReadLine()")]
    [InlineData("using var document = JsonDocument.Parse(context.Request.Body);", "JsonDocument.Parse(context.Request.Body)")]
    [InlineData("JsonSerializer.Deserialize(context.Request.Body, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<int>)null);", "JsonSerializer.Deserialize(context.Request.Body, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<int>)null)")]
    public async Task SynchronousBody_IsFound(string statements, string found)
    {
        Assert.Equal(["WEBSERV007: " + found], await Analysis.OfMethodAsync(statements));
        Assert.Equal(["WEBSERV007: " + found], await Analysis.OfMethodAsync(statements, "[NonBlocking]"));
    }

    [Theory]
    [InlineData("context.Response.Body.Flush();")]
    [InlineData("var body = context.Request.Body; body = Stream.Null; body.Read(new byte[1], 0, 1);")]
    [InlineData("Stream body = context.Request.Body; Change(ref body); body.Read(new byte[1], 0, 1); static void Change(ref Stream stream) => stream = Stream.Null;")]
    [InlineData("new MemoryStream().Write(new byte[1], 0, 1); new StringReader(\"\").ReadToEnd();")]
    [InlineData("new Own().Body.Read(new byte[1], 0, 1);")]
    [InlineData("using var writer = new StreamWriter(context.Response.Body); await writer.FlushAsync(cancellation);")]
    public async Task SynchronousBody_WhatIsNone_IsLeftAlone(string statements) =>
        Assert.Empty(await Analysis.OfMethodAsync(statements, "", "private abstract class Made : IHttpRequest { public string Method => \"\"; public string Scheme => \"\"; public string Host => \"\"; public string Path => \"\"; public string RawTarget => \"\"; public string Query => \"\"; public Version HttpVersion => null; public IHeaderCollection Headers => null; public long? ContentLength => null; public Stream Body => new MemoryStream(); public long? MaxBodySize { get; set; } } private sealed class Own : Made { }"));

    [Theory]
    [InlineData("await next(context, cancellation); context.Response.StatusCode = 404;", "context.Response.StatusCode = 404")]
    [InlineData("await next(context, cancellation); await context.Response.Body.WriteAsync(new byte[1], cancellation);", "context.Response.Body.WriteAsync(new byte[1], cancellation)")]
    [InlineData("await next(context, cancellation); await context.Response.Body.FlushAsync(cancellation);", "context.Response.Body.FlushAsync(cancellation)")]
    [InlineData("var body = context.Response.Body; await next(context, cancellation); await body.WriteAsync(new byte[1], cancellation);", "body.WriteAsync(new byte[1], cancellation)")]
    [InlineData("await next(context, cancellation); await new MemoryStream().CopyToAsync(context.Response.Body, cancellation);", "new MemoryStream().CopyToAsync(context.Response.Body, cancellation)")]
    [InlineData("var h = context.Response.Headers; await next(context, cancellation); h[\"X\"] = \"1\";", "h[\"X\"] = \"1\"")]
    [InlineData("await next(context, cancellation); var h = context.Response.Headers; h.Append(\"X\", \"1\");", "h.Append(\"X\", \"1\")")]
    [InlineData("var c = context; await next(c, cancellation); c.Response.StatusCode = 404;", "c.Response.StatusCode = 404")]
    [InlineData("await next(cancellation: cancellation, context: context); context.Response.StatusCode = 404;", "context.Response.StatusCode = 404")]
    [InlineData("await next(context, cancellation).ConfigureAwait(false); context.Response.Headers[\"X\"] = \"1\";", "context.Response.Headers[\"X\"] = \"1\"")]
    [InlineData("await next(context, cancellation); context.Response.Headers.Append(\"X\", \"1\");", "context.Response.Headers.Append(\"X\", \"1\")")]
    [InlineData("await next(context, cancellation); context.Response.ContentLength = 1;", "context.Response.ContentLength = 1")]
    [InlineData("await next(context, cancellation); await context.Response.WriteTextAsync(\"x\", cancellation: cancellation);", "context.Response.WriteTextAsync(\"x\", cancellation: cancellation)")]
    [InlineData("try { await next(context, cancellation); } finally { context.Response.Headers[\"X\"] = \"1\"; }", "context.Response.Headers[\"X\"] = \"1\"")]
    [InlineData("try { await next(context, cancellation); } catch (IOException) { context.Response.StatusCode = 500; }", "context.Response.StatusCode = 500")]
    [InlineData("await next(context, cancellation); if (context.Request.Path == \"/\") { context.Response.StatusCode = 404; }", "context.Response.StatusCode = 404")]
    [InlineData("var response = context.Response; await next(context, cancellation); response.OnStarting(() => Task.CompletedTask);", "response.OnStarting(() => Task.CompletedTask)")]
    public async Task ResponseAfterNext_WithoutALook_IsFound(string statements, string found) =>
        Assert.Equal(["WEBSERV002: " + found], await Analysis.OfMethodAsync(statements));

    [Theory]
    [InlineData("await next(context, cancellation); if (!context.Response.HasStarted) { context.Response.StatusCode = 404; }")]
    [InlineData("await next(context, cancellation); if (context.Response.HasStarted) { return; } context.Response.StatusCode = 404;")]
    [InlineData("try { await next(context, cancellation); } catch (IOException) when (!context.Response.HasStarted) { context.Response.StatusCode = 500; }")]
    [InlineData("if (context.Request.Path == \"/\") { await next(context, cancellation); return; } context.Response.StatusCode = 404;")]
    [InlineData("if (context.Request.Path == \"/\") { await next(context, cancellation); } else { context.Response.StatusCode = 404; }")]
    [InlineData("context.Response.StatusCode = 404; await next(context, cancellation);")]
    [InlineData("context.Response.OnStarting(() => { context.Response.Headers[\"X\"] = \"1\"; return Task.CompletedTask; }); await next(context, cancellation);")]
    [InlineData("await next(context, cancellation); Console.Write(context.Response.StatusCode); context.Items[1] = 1;")]
    [InlineData("IHttpContext Wrap(IHttpContext inner) => inner; await next(Wrap(context), cancellation); context.Response.Headers[\"X\"] = \"1\";")]
    [InlineData("IHttpContext Wrap(IHttpContext inner) => inner; var wrapped = Wrap(context); await next(wrapped, cancellation); context.Response.StatusCode = 404;")]
    [InlineData("await next(context, cancellation); await new MemoryStream().WriteAsync(new byte[1], cancellation); await context.Request.Body.ReadAsync(new byte[1], cancellation);")]
    [InlineData("await next(context, cancellation); if (!context.Response.HasStarted) { await context.Response.Body.WriteAsync(new byte[1], cancellation); }")]
    public async Task ResponseAfterNext_LookedAtOrElsewhere_IsLeftAlone(string statements) => Assert.Empty(await Analysis.OfMethodAsync(statements));

    [Theory]
    [InlineData("await context.Response.WriteTextAsync(\"x\");", "context.Response.WriteTextAsync(\"x\")")]
    [InlineData("await next(context, default);", "next(context, default)")]
    [InlineData("await context.Response.Body.WriteAsync(new byte[1]);", "context.Response.Body.WriteAsync(new byte[1])")]
    [InlineData("await context.Response.Body.WriteAsync(new byte[1], 0, 1);", "context.Response.Body.WriteAsync(new byte[1], 0, 1)")]
    [InlineData("await context.Request.Body.CopyToAsync(Stream.Null);", "context.Request.Body.CopyToAsync(Stream.Null)")]
    [InlineData("await context.Response.Body.FlushAsync();", "context.Response.Body.FlushAsync()")]
    [InlineData("Func<Task> f = () => context.Response.WriteTextAsync(\"x\"); await f();", "context.Response.WriteTextAsync(\"x\")")]
    [InlineData("var body = context.Request.Body; await body.ReadExactlyAsync(new byte[1]);", "body.ReadExactlyAsync(new byte[1])")]
    [InlineData("var text = await new StreamReader(context.Request.Body).ReadToEndAsync();", "new StreamReader(context.Request.Body).ReadToEndAsync()")]
    [InlineData("using var reader = new StreamReader(context.Request.Body); await reader.ReadLineAsync();", "reader.ReadLineAsync()")]
    [InlineData("await using var zip = new System.IO.Compression.GZipStream(context.Response.Body, System.IO.Compression.CompressionLevel.Fastest); await zip.WriteAsync(new byte[1]);", "zip.WriteAsync(new byte[1])")]
    [InlineData("await new StreamReader(new BufferedStream(context.Request.Body)).ReadToEndAsync();", "new StreamReader(new BufferedStream(context.Request.Body)).ReadToEndAsync()")]
    [InlineData("await new MemoryStream().CopyToAsync(context.Response.Body);", "new MemoryStream().CopyToAsync(context.Response.Body)")]
    [InlineData("await using var writer = new StreamWriter(context.Response.Body); await writer.FlushAsync();", "writer.FlushAsync()")]
    [InlineData("await JsonSerializer.DeserializeAsync(context.Request.Body, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<int>)null);", "JsonSerializer.DeserializeAsync(context.Request.Body, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<int>)null)")]
    public async Task Token_NotPassedOn_IsFound(string statements, string found) => Assert.Equal(["WEBSERV003: " + found], await Analysis.OfMethodAsync(statements));

    [Theory]
    [InlineData("await context.Response.WriteTextAsync(\"x\", cancellation: cancellation);")]
    [InlineData("await next(context, CancellationToken.None);")]
    [InlineData("await new MemoryStream().WriteAsync(new byte[1]);")]
    [InlineData("static Task F(IHttpContext c) => c.Response.WriteTextAsync(\"x\"); await F(context);")]
    [InlineData("using var other = new CancellationTokenSource(); await context.Response.Body.FlushAsync(other.Token);")]
    [InlineData("await new StreamReader(context.Request.Body).ReadToEndAsync(cancellation);")]
    [InlineData("await new StreamReader(Stream.Null).ReadToEndAsync();")]
    [InlineData("Stream body = context.Request.Body; body = Stream.Null; await body.ReadExactlyAsync(new byte[1]);")]
    [InlineData("await using var writer = new StreamWriter(context.Response.Body); await writer.DisposeAsync();")]
    [InlineData("await using var writer = new StreamWriter(context.Response.Body); await writer.WriteAsync(\"x\");")]
    public async Task Token_PassedOnOrNotAtHand_IsLeftAlone(string statements) => Assert.Empty(await Analysis.OfMethodAsync(statements));

    [Theory]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += (_, _) => { };", "WEBSERV004")]
    [InlineData("Console.CancelKeyPress += (_, _) => { };", "WEBSERV004")]
    [InlineData("System.Runtime.Loader.AssemblyLoadContext.Default.Resolving += (_, _) => null;", "WEBSERV004")]
    [InlineData("TaskScheduler.UnobservedTaskException += (_, _) => { };", "WEBSERV004")]
    [InlineData("System.Net.ServicePointManager.ServerCertificateValidationCallback = (_, _, _, _) => true;", "WEBSERV004")]
    [InlineData("new Timer(_ => { }, null, 1, 1);", "WEBSERV005")]
    [InlineData("var timer = new Timer(_ => { }); timer.Change(1, 1);", "WEBSERV005")]
    [InlineData("TimeProvider.System.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.Zero);", "WEBSERV005")]
    [InlineData("new Thread(() => { }).Start();", "WEBSERV005")]
    [InlineData("var thread = new Thread(() => { }) { IsBackground = true }; thread.Start();", "WEBSERV005")]
    [InlineData("ThreadPool.RegisterWaitForSingleObject(new AutoResetEvent(false), (_, _) => { }, null, -1, false);", "WEBSERV005")]
    [InlineData("JsonSerializer.Serialize(new M());", "WEBSERV006")]
    [InlineData("await JsonSerializer.DeserializeAsync<M>(context.Request.Body, cancellationToken: cancellation);", "WEBSERV006")]
    [InlineData("await System.Net.Http.Json.HttpClientJsonExtensions.GetFromJsonAsync<M>(new System.Net.Http.HttpClient(), \"http://a/\", cancellation);", "WEBSERV006")]
    [InlineData("await System.Net.Http.Json.HttpContentJsonExtensions.ReadFromJsonAsync<M>(null, cancellation);", "WEBSERV006")]
    [InlineData("System.Net.Http.Json.JsonContent.Create(new M());", "WEBSERV006")]
    [InlineData("System.ComponentModel.TypeDescriptor.GetConverter(typeof(M));", "WEBSERV006")]
    [InlineData("System.ComponentModel.DataAnnotations.Validator.ValidateObject(new M(), new(new M()));", "WEBSERV006")]
    public async Task Unloading_WhatKeepsThePlugin_IsFound(string statements, string id) =>
        Assert.Equal([id], (await Analysis.OfMethodAsync(statements)).Select(found => Regex.Match(found, "^[^:]*").Value));

    [Theory]
    [InlineData("_timer = new Timer(_ => { });", "private Timer _timer;")]
    [InlineData("", "private readonly Timer _timer = new(_ => { });")]
    [InlineData("_thread = new Thread(() => { });", "private Thread _thread;")]
    public async Task Unloading_KeptWhereNobodyDisposes_IsFound(string statements, string members)
    {
        Assert.Equal(["WEBSERV005"], (await Analysis.OfMethodAsync(statements, "", members)).Select(found => found[..10]));
        Assert.Empty(await Analysis.OfMethodAsync(statements, "", members + " public void Dispose() { }", ", IDisposable"));
        Assert.Empty(await Analysis.OfMethodAsync(statements, "", members + " void Close() { " + (members.Contains("Timer", StringComparison.Ordinal) ? "_timer?.Dispose();" : "_thread.Join();") + " }"));
    }

    [Theory]
    [InlineData("using var timer = new Timer(_ => { });")]
    [InlineData("var timer = new Timer(_ => { }); timer.Dispose();")]
    [InlineData("var timer = new Timer(_ => { }); context.Items[1] = timer;")]
    [InlineData("await using var timer = TimeProvider.System.CreateTimer(_ => { }, null, TimeSpan.Zero, TimeSpan.Zero);")]
    [InlineData("var thread = new Thread(() => { }); thread.Start(); thread.Join();")]
    [InlineData("E += (_, _) => { }; Own = new M();")]
    [InlineData("Console.CancelKeyPress += F; Console.CancelKeyPress -= F; void F(object s, ConsoleCancelEventArgs e) { }")]
    [InlineData("Environment.ExitCode = 1;")]
    [InlineData("using var process = new System.Diagnostics.Process(); process.Exited += (_, _) => { };")]
    [InlineData("JsonSerializer.Serialize(1, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<int>)null);")]
    [InlineData("System.Net.Http.Json.JsonContent.Create(1, (System.Text.Json.Serialization.Metadata.JsonTypeInfo<int>)null);")]
    [InlineData("var type = typeof(M).GetProperties();")]
    public async Task Unloading_WhatEndsOrIsThePluginsOwn_IsLeftAlone(string statements) =>
        Assert.Empty(await Analysis.OfMethodAsync(statements, "", "private static event EventHandler E; private static M Own;"));

    [Fact]
    public async Task Unloading_InWhatIsNoPlugin_IsLeftAlone() =>
        Assert.Empty(await Analysis.OfAsync("public class C { void F() { Console.CancelKeyPress += (_, _) => { }; new Timer(_ => { }); JsonSerializer.Serialize(new C()); } }"));

    [Fact]
    public void Rules_AreDocumented()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Webserv.sln")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        var page = File.ReadAllText(Path.Combine(directory, "docs", "analyzers.md"));
        var rules = new Microsoft.CodeAnalysis.Diagnostics.DiagnosticAnalyzer[] { new BlockingCallAnalyzer(), new ResponseAfterNextAnalyzer(), new TokenAnalyzer(), new UnloadingAnalyzer(), new SynchronousBodyAnalyzer() }
            .SelectMany(analyzer => analyzer.SupportedDiagnostics).ToArray();
        Assert.Equal(7, rules.Length);
        Assert.All(rules, rule =>
        {
            Assert.Contains($"\n## {rule.Id}\n", page, StringComparison.Ordinal);
            Assert.Equal($"docs/analyzers.md#{rule.Id.ToLowerInvariant()}", rule.HelpLinkUri);
        });
    }
}
