namespace Webserv.Plugins.DirectoryListing.Tests;

/// <summary>Tests that measure the memory of the process: no others run beside them.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
