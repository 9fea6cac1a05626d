/** What modules are found by: their names and descriptions, and Korean words for what they do. */

import type { ModuleDocument } from "../../api/graph_document";
import { said } from "../../words/library";

/** Korean words, by a word in the name or the category of a module. */
const KOREAN: readonly (readonly [RegExp, string])[] = [
  [/clean|missing/i, "결측값 정리 누락"],
  [/split/i, "분할 나누기"],
  [/join/i, "조인 결합"],
  [/select columns/i, "열 선택"],
  [/normalize/i, "정규화"],
  [/metadata/i, "메타데이터 열 이름"],
  [/sql/i, "쿼리"],
  [/python/i, "파이썬 스크립트"],
  [/train/i, "학습 훈련"],
  [/score/i, "채점 예측"],
  [/evaluate/i, "평가"],
  [/summarize/i, "요약 통계"],
  [/tree|forest/i, "트리 숲"],
  [/regression/i, "회귀"],
  [/cluster|k-means/i, "군집"],
  [/two-class/i, "이진 분류"],
  [/multiclass/i, "다중 분류"],
  [/import|enter data/i, "가져오기 입력"],
  [/export|convert/i, "내보내기 변환"],
  [/web service/i, "웹 서비스"],
  [/add rows|add columns/i, "추가 행 열"],
];

export function moduleSearchText(module: ModuleDocument): string {
  const korean = KOREAN.filter(([word]) => word.test(module.name)).map(([, words]) => words);
  return [module.name, ...module.category, ...module.category.map(said), module.description, module.id, ...korean].join(" ");
}
