"""What the course's experiments are called, in Vietnamese and English, so briefly that it can be an option."""

LABELS: dict[str, dict[str, str]] = {
    name: {"vi": vi, "en": en}
    for name, vi, en in (
        ("chain-sgd", "sigmoid, SGD", "sigmoid, SGD"),
        ("chain-adam", "Adam thay SGD", "Adam in place of SGD"),
        ("chain-relu", "ReLU thay sigmoid", "ReLU in place of sigmoid"),
        ("chain-he", "khởi tạo He", "He initialisation"),
        ("chain-batchnorm", "thêm BatchNorm1d", "BatchNorm1d added"),
        ("chain-skip", "thêm kết nối tắt", "the skip connection added"),
        ("chain-glu", "GLU thay ReLU", "GLU in place of ReLU"),
        ("chain-swiglu", "SwiGLU thay ReLU", "SwiGLU in place of ReLU"),
        ("vanishing-momentum", "SGD với momentum", "SGD with momentum"),
        ("vanishing-rmsprop", "RMSProp", "RMSProp"),
        ("vanishing-adam", "Adam", "Adam"),
        ("vanishing-adopt", "ADOPT không chặn", "ADOPT without its clip"),
        ("vanishing-adopt-clip", "ADOPT có chặn", "ADOPT with its clip"),
        ("study-one-layer", "mạng gốc (lr 0.1, 128 nơ-ron)", "the first net (lr 0.1, 128 units)"),
        ("study-width-4", "4 nơ-ron ẩn", "4 hidden units"),
        ("study-width-16", "16 nơ-ron ẩn", "16 hidden units"),
        ("study-four-layers", "bốn lớp ẩn", "four hidden layers"),
        ("study-four-layers-he", "bốn lớp ẩn, khởi tạo He", "four hidden layers, He initialisation"),
        ("study-bottleneck", "lớp ẩn thứ hai chỉ có một nơ-ron", "a second hidden layer of one unit"),
        ("study-rate-0.001", "learning rate 0.001", "learning rate 0.001"),
        ("study-rate-0.01", "learning rate 0.01", "learning rate 0.01"),
        ("study-zero", "mọi trọng số bằng 0", "all weights zero"),
        ("study-xavier", "khởi tạo Xavier (Glorot)", "Xavier (Glorot) initialisation"),
    )
}
