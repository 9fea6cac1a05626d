/** Korean words for the titles and descriptions of the samples, whose files are in English. */

export const SAMPLES: Readonly<Record<string, string>> = {
  "Evaluate expressions in a dataset": "데이터셋의 식 계산",
  "Evaluates Python expressions.": "Python 식을 계산합니다.",
  "Predict who has diabetes, two ways": "두 가지 방법으로 당뇨병 예측",
  "A logistic regression and boosted trees learn from seven tenths of the women, and are judged on the others.":
    "로지스틱 회귀와 부스티드 트리가 여성 70%의 데이터로 학습하고, 나머지로 평가받습니다.",
  "Clean, group and join": "정제, 그룹화, 조인",
  "Data preparation without a line of Python.": "Python 코드 한 줄 없이 데이터를 준비합니다.",
  "Rank the features of the Pima Indians data": "피마 인디언 데이터의 특성 순위",
  "Which measurements tell most about who has diabetes, by a random forest.":
    "어떤 측정값이 당뇨병 여부를 가장 잘 알려 주는지 랜덤 포레스트로 알아봅니다.",
  "Draw a scatter-plot matrix": "산점도 행렬 그리기",
  "A script draws every measurement of the women against every other one.": "스크립트가 모든 측정값을 서로 짝지어 그립니다.",
  "Draw several figures": "여러 그림 그리기",
  "A script draws three figures, and the Python device shows all of them.":
    "스크립트가 그림 세 개를 그리고, Python 장치가 모두 보여 줍니다.",
  "Train a model in one script, use it in another": "한 스크립트에서 학습하고 다른 스크립트에서 사용하기",
  "A model leaves a script as bytes in a column, and a second script predicts with it.":
    "모델이 열의 바이트로 스크립트에서 나오고, 두 번째 스크립트가 그것으로 예측합니다.",
  "Import a module of your own": "직접 만든 모듈 가져오기",
  "A script imports a module from a zip file that is wired to its third input.":
    "스크립트가 세 번째 입력에 연결된 zip 파일에서 모듈을 가져옵니다.",
};
