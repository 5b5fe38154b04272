using Tapestry.Samples.Mlp;

return await MlpApp.RunAsync(args, Console.Out, Console.Error);
