using Tapestry.Samples.Mlp;

using Interruption interruption = Interruption.OfProcess();
return await MlpApp.RunAsync(args, Terminal.OfProcess(), interruption);
