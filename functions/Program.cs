using Microsoft.Extensions.Hosting;
using SasRec.Functions;

FunctionsApp.CreateBuilder(args).Build().Run();
