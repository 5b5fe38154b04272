// The book's first model (samples/Mlp/models/bn-after.json) in libtorch: the peer that has no Python in its way.
// Usage: libtorch DATA THREADS    It answers the lines that benchmarks/Benchmarks/Answers.cs describes.
#include <torch/torch.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <sstream>
#include <vector>

namespace nn = torch::nn;

constexpr int64_t Pixels = 784, Classes = 10;

// Bytes, all pixels and then all labels; the features are turned into numbers once, not in each epoch.
struct Data {
    torch::Tensor features, labels;

    explicit Data(const char* file) {
        std::ifstream stream(file, std::ios::binary);
        std::vector<char> bytes((std::istreambuf_iterator<char>(stream)), {});
        int64_t count = bytes.size() / (Pixels + 1);
        auto all = torch::from_blob(bytes.data(), {static_cast<int64_t>(bytes.size())}, torch::kUInt8);
        features = all.slice(0, 0, count * Pixels).reshape({count, Pixels}).to(torch::kFloat32).div(255);
        labels = all.slice(0, count * Pixels).to(torch::kInt64);
    }

    int64_t count() const { return labels.size(0); }
};

// Keras's defaults: momentum 0.99 of the old value, which PyTorch counts as 0.01 of the new one; epsilon 1e-3.
nn::BatchNorm1d norm(int64_t size) { return nn::BatchNorm1d(nn::BatchNorm1dOptions(size).momentum(0.01).eps(1e-3)); }

nn::Sequential model() {
    return nn::Sequential(norm(Pixels), nn::Linear(Pixels, 300), nn::ELU(), norm(300), nn::Linear(300, 100), nn::ELU(), norm(100), nn::Linear(100, Classes));
}

std::unique_ptr<torch::optim::Optimizer> optimizer(const std::string& name, const std::vector<torch::Tensor>& parameters) {
    if (name == "sgd") return std::make_unique<torch::optim::SGD>(parameters, torch::optim::SGDOptions(0.01));
    return std::make_unique<torch::optim::Adam>(parameters, torch::optim::AdamOptions(0.001).eps(1e-7));
}

double rate_without_warm_up(const std::function<void()>& action, double seconds) {
    using Clock = std::chrono::steady_clock;
    auto start = Clock::now();
    std::chrono::duration<double> elapsed{};
    int64_t times = 0;
    do {
        action();
        times++;
        elapsed = Clock::now() - start;
    } while (elapsed.count() < seconds);
    return times / elapsed.count();
}

double rate(const std::function<void()>& action, double seconds) {
    rate_without_warm_up(action, seconds / 5);
    return rate_without_warm_up(action, seconds);
}

double train(const Data& data, const std::string& rule, int64_t batch, double seconds) {
    auto net = model();
    net->train();
    auto parameters = net->parameters();
    auto update = optimizer(rule, parameters);
    double total = 0;
    return data.count() * rate([&] {
        auto order = torch::randperm(data.count());
        for (int64_t i = 0; i < data.count(); i += batch) {
            auto rows = order.slice(0, i, std::min(i + batch, data.count()));
            auto loss = torch::cross_entropy_loss(net->forward(data.features.index_select(0, rows)), data.labels.index_select(0, rows));

            // No gradient to clear or to add to: the reverse pass hands over what it has computed.
            for (auto& parameter : parameters) parameter.mutable_grad().reset();
            loss.backward();
            update->step();
            total += loss.item<float>();
        }
    }, seconds);
}

double infer(const Data& data, int64_t batch, double seconds) {
    torch::InferenceMode without_gradients;
    auto net = model();
    net->eval();
    auto features = data.features.slice(0, 0, batch).clone();
    double total = 0;
    return batch * rate([&] { total += *net->forward(features).softmax(1).data_ptr<float>(); }, seconds);
}

int main(int, char** arguments) {
    at::set_num_threads(std::stoi(arguments[2]));
    torch::manual_seed(1);
    Data data(arguments[1]);
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string verb, rule;
        int64_t batch = 0;
        double seconds = 0;
        words >> verb >> rule >> batch >> seconds;
        std::cout << std::fixed << (verb == "train" ? train(data, rule, batch, seconds) : infer(data, batch, seconds)) << std::endl;
    }
}
